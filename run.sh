#!/usr/bin/env bash
# 双击运行：核对本文件旁边的“待核对”；也可以在后面写上要核对的文件和文件夹。
# 首次启动在本文件夹里准备运行环境（.venv），以后直接运行。
set -u

here=$(cd "$(dirname "$(readlink -f "${BASH_SOURCE[0]}")")" && pwd)
venv=$here/.venv
stamp=$venv/installed.cfg
export PYTHONPATH=$here PIP_DISABLE_PIP_VERSION_CHECK=1

# 在文件管理器里双击时没有终端：找一个终端重新运行，让人看得到进度和消息。
in_terminal() {
    [ -t 1 ] || [ -n "${SELFEVAL_XL_TERMINAL:-}" ] && return
    [ -n "${DISPLAY:-}${WAYLAND_DISPLAY:-}" ] || return
    export SELFEVAL_XL_TERMINAL=1
    local name
    for name in x-terminal-emulator mate-terminal deepin-terminal gnome-terminal konsole xterm; do
        command -v "$name" >/dev/null || continue
        case $name in
            gnome-terminal) exec "$name" -- "$0" "$@" ;;
            mate-terminal) exec "$name" -x "$0" "$@" ;;
            *) exec "$name" -e "$0" "$@" ;;
        esac
    done
}

# 运行结束后窗口会不会关上：终端是上面打开的，或是文件管理器打开的（没有命令行等在后面）。
own_window() {
    [ -n "${SELFEVAL_XL_TERMINAL:-}" ] && return
    [ -t 0 ] && [ -t 1 ] && [ "$(ps -o sid= -p $$ 2>/dev/null | tr -d ' ')" = "$$" ]
}

finish() { # 退出码；出错时让窗口停住
    if [ "$1" -ne 0 ] && own_window; then
        read -r -p "按回车键关闭窗口。" _
    fi
    exit "$1"
}

fail() {
    echo "$1" >&2
    finish 3
}

find_python() {
    local name
    for name in python3 python3.14 python3.13 python3.12 python3.11 python; do
        if "$name" -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null; then
            echo "$name"
            return
        fi
    done
    return 1
}

set_up() {
    local python
    python=$(find_python) || fail "没有找到 Python 3.11 或更新的版本，请从软件商店或信息中心安装后再运行。"
    echo "首次启动，正在准备运行环境，请稍候几分钟……"
    "$python" -m venv --clear "$venv" ||
        fail "运行环境没有建成。请安装 python3-venv（如：sudo apt install python3-venv）后再运行。"
    if [ -d "$here/wheels" ]; then
        "$venv/bin/python" -m pip install --quiet --no-index --find-links "$here/wheels" selfeval_xl
    else
        "$venv/bin/python" -m pip install --quiet "$here"
    fi || fail "安装没有完成，请检查网络后再运行；不能上网时见 docs/python.txt。"
    cp "$here/setup.cfg" "$stamp" || fail "“$here”不能写入，请换一个位置存放本程序。"
}

in_terminal "$@"
if [ ! -x "$venv/bin/python" ] || ! cmp -s "$here/setup.cfg" "$stamp"; then
    set_up
fi
if [ $# -eq 0 ]; then
    cd "$here" || exit 3
fi
if own_window; then # 有话要说时，程序自己等人看完
    export SELFEVAL_XL_WINDOW=1
fi
"$venv/bin/python" -m selfeval_xl run --open "$@"
finish $?
