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
set "PYTHONPATH=%HERE%"
set "PYTHONDONTWRITEBYTECODE="
set "PIP_DISABLE_PIP_VERSION_CHECK=1"
set ARGS=%*
if not defined ARGS pushd "%HERE%"

rem Ready when the environment was finished for this very setup.cfg.
if not exist "%VENV%\Scripts\python.exe" goto setup
fc /b "%HERE%setup.cfg" "%STAMP%" >nul 2>nul
if not errorlevel 1 goto ready

:setup
set "PY="
call :try "%HERE%python\python.exe"
if not defined PY call :try py -3
if not defined PY call :try python
if not defined PY call :try python3
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
"!VENV!\Scripts\python.exe" -m selfeval_xl run --open !ARGS!
set "CODE=!ERRORLEVEL!"
if not "!CODE!"=="0" pause
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
echo Setting up failed; the lines above say why. See docs\python.txt, which opens now.
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

:try
%* -c "import sys, venv; sys.exit(sys.version_info < (3, 11))" >nul 2>nul
if not errorlevel 1 set PY=%*
exit /b 0
