"""What the system says when a file cannot be opened or written, in Chinese."""

from __future__ import annotations

import errno

_REASONS: dict[str, str] = {
    "ENOENT": "找不到文件或文件夹",
    "EACCES": "没有权限，或正被其他程序占用",
    "EPERM": "没有权限",
    "EROFS": "磁盘只能读取",
    "ENOSPC": "磁盘空间不足",
    "EDQUOT": "磁盘配额已用完",
    "EFBIG": "文件过大",
    "EIO": "磁盘读写出错",
    "EBUSY": "正被其他程序占用",
    "EAGAIN": "正被其他程序占用",
    "EDEADLK": "正被其他程序占用",
    "ETXTBSY": "正被其他程序占用",
    "EEXIST": "已有同名的文件",
    "EISDIR": "同名的是文件夹",
    "ENOTDIR": "路径中有一处不是文件夹",
    "ENOTEMPTY": "文件夹不是空的",
    "ENAMETOOLONG": "路径过长",
    "EINVAL": "名称或位置不可用",
    "EILSEQ": "名称里有不能用的字符",
    "ELOOP": "链接互相指向",
    "EXDEV": "不在同一个磁盘",
    "ENODEV": "磁盘或设备已断开",
    "ENXIO": "磁盘或设备已断开",
    "EMFILE": "打开的文件过多",
    "ENFILE": "打开的文件过多",
    "ENOMEM": "内存不足",
    "ENOTSUP": "磁盘不支持这种操作",
    "ESTALE": "网络盘的连接已失效",
    "ETIMEDOUT": "网络没有回应",
    "ECONNRESET": "网络连接中断",
    "ECONNABORTED": "网络连接中断",
    "ECONNREFUSED": "网络连接被拒绝",
    "ENOTCONN": "网络连接中断",
    "EPIPE": "连接中断",
    "ENETDOWN": "网络不通",
    "ENETUNREACH": "网络不通",
    "EHOSTDOWN": "网络不通",
    "EHOSTUNREACH": "网络不通",
}
"""By the error's name: systems differ in the numbers, and in which of them they have."""
_BY_NUMBER = {getattr(errno, name): text for name, text in _REASONS.items() if hasattr(errno, name)}


def reason(error: OSError) -> str:
    """Return why a file operation failed, without a full stop.

    What Windows says itself is in the language of its user and more exact; elsewhere the
    system's English stands only for errors without Chinese words here.
    """
    if getattr(error, "winerror", None) and error.strerror:
        return error.strerror.rstrip(" 。.")
    known = _BY_NUMBER.get(error.errno) if error.errno is not None else None
    return known or error.strerror or type(error).__name__
