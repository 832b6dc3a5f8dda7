@echo off
rem Double-click: checks the inbox folder beside this file. Or drop files and folders on it.
rem This file is ASCII with CRLF line ends; everything people read is printed by Python.
setlocal EnableExtensions DisableDelayedExpansion
for /f "tokens=2 delims=:" %%a in ('chcp 2^>nul') do set "OLDCP=%%a"
chcp 65001 >nul 2>nul
title selfeval-xl
set "HERE=%~dp0"
set "VENV=%HERE%.venv"
set "STAMP=%VENV%\installed.cfg"
set "AGAIN="
set "PYTHONPATH=%HERE%"
set "PYTHONDONTWRITEBYTECODE="
set "PIP_DISABLE_PIP_VERSION_CHECK=1"
set ARGS=%*
if not defined ARGS pushd "%HERE%"

rem Started inside a zip, Windows unpacks this file alone.
if not exist "%HERE%selfeval_xl\__main__.py" goto packed

rem Ready when the environment was finished for this very setup.cfg.
if not exist "%VENV%\Scripts\python.exe" goto setup
fc /b "%HERE%setup.cfg" "%STAMP%" >nul 2>nul
if not errorlevel 1 goto ready

:setup
call :find
if not defined PY goto nopython
rem "First start: setting up, please wait a few minutes." in Chinese
%PY% -c "print('\u9996\u6b21\u542f\u52a8\uff0c\u6b63\u5728\u51c6\u5907\u8fd0\u884c\u73af\u5883\uff0c\u8bf7\u7a0d\u5019\u51e0\u5206\u949f\u2026\u2026')"
%PY% -m venv --clear "%VENV%"
if errorlevel 1 goto failed
if exist "%HERE%wheels\" goto offline
"%VENV%\Scripts\python.exe" -m pip install --quiet "%HERE%."
if errorlevel 1 goto failed
goto stamp

:offline
"%VENV%\Scripts\python.exe" -m pip install --quiet --no-index --find-links "%HERE%wheels" selfeval_xl
if errorlevel 1 goto failed

:stamp
copy /y "%HERE%setup.cfg" "%STAMP%" >nul
if errorlevel 1 goto failed

:ready
rem Explorer leaves a dropped path without spaces unquoted, so & in it would end %*.
rem The whole command line is handed over as it is; delayed expansion never re-reads it.
setlocal EnableDelayedExpansion
set "SELFEVAL_XL_COMMAND_LINE=!CMDCMDLINE!"
rem Opened by double-click or drop, the window closes at the end: remarks wait for a key first.
if /i not "!CMDCMDLINE:/c=!"=="!CMDCMDLINE!" set "SELFEVAL_XL_WINDOW=1"
"!VENV!\Scripts\python.exe" -m selfeval_xl run --open !ARGS!
set "CODE=!ERRORLEVEL!"
if "!CODE!"=="0" goto end
rem 103: the Python the environment was made with is gone, as after an update. Made anew once.
if "!CODE!"=="103" if not defined AGAIN endlocal & set "AGAIN=1" & goto setup
rem "Press any key to close the window." in Chinese: with this code page, pause says it in English
"!VENV!\Scripts\python.exe" -c "print('\u6309\u4efb\u610f\u952e\u5173\u95ed\u7a97\u53e3\u3002')"
pause >nul
goto end

:packed
echo.
call :find
rem "Do not start this inside the zip. Right-click it, unpack all, then start run.bat there." in Chinese
if defined PY %PY% -c "print('\u8bf7\u4e0d\u8981\u5728\u538b\u7f29\u5305\u91cc\u76f4\u63a5\u53cc\u51fb\u3002\u8bf7\u53f3\u952e\u538b\u7f29\u5305\uff0c\u9009\u201c\u5168\u90e8\u89e3\u538b\u7f29\u201d\uff0c\u518d\u53cc\u51fb\u89e3\u538b\u51fa\u6765\u7684\u6587\u4ef6\u5939\u91cc\u7684 run.bat\u3002')"
if not defined PY echo Do not start run.bat inside the zip: unpack all of it first, then start run.bat in the unpacked folder.
pause
setlocal EnableDelayedExpansion
set "CODE=3"
goto end

:nopython
echo.
echo Python 3.11 or newer was not found. See docs\python.txt, which opens now.
start "" notepad "%HERE%docs\python.txt"
pause
setlocal EnableDelayedExpansion
set "CODE=3"
goto end

:failed
echo.
rem "Setting up was not finished; the lines above say why. What to do stands in docs\python.txt." in Chinese
%PY% -c "print('\u51c6\u5907\u6ca1\u6709\u5b8c\u6210\uff0c\u539f\u56e0\u89c1\u4e0a\u9762\u51e0\u884c\uff1b\u600e\u4e48\u529e\uff0c\u89c1\u968f\u540e\u6253\u5f00\u7684 docs/python.txt\u3002')"
if errorlevel 1 echo Setting up failed; the lines above say why. See docs\python.txt, which opens now.
start "" notepad "%HERE%docs\python.txt"
pause
setlocal EnableDelayedExpansion
set "CODE=3"
goto end

:end
if defined OLDCP chcp !OLDCP! >nul 2>nul
rem Opened by double-click or drop: leave cmd itself, or it would run what follows an & there.
if /i not "!CMDCMDLINE:/c=!"=="!CMDCMDLINE!" exit !CODE!
exit /b !CODE!

:find
set "PY="
call :try "%HERE%python\python.exe"
if not defined PY call :try py -3
if not defined PY call :try python
if not defined PY call :try python3
exit /b 0

:try
%* -c "import sys, venv; sys.exit(sys.version_info < (3, 11))" >nul 2>nul
if not errorlevel 1 set PY=%*
exit /b 0
