"""Why the file system refused, in the user's words: its own sentences are in the language of the system. Pure."""

from __future__ import annotations

import errno

_WORDS = {
    errno.ENOSPC: "磁盘已满",
    errno.EDQUOT: "磁盘配额已用完",
    errno.EROFS: "目录是只读的",
    errno.EACCES: "没有读写权限",
    errno.EPERM: "没有读写权限",
    errno.ENOENT: "目录或文件不存在",
    errno.ENOTDIR: "不是目录",
    errno.EISDIR: "是目录，不是文件",
    errno.EXDEV: "不在同一磁盘，不能整体移动",
    errno.EIO: "磁盘或网络盘读写出错",
    errno.ESTALE: "网络盘连接已断开",
    errno.EHOSTDOWN: "网络盘没有应答",
    errno.ETIMEDOUT: "网络盘没有应答",
    errno.EBUSY: "正被其他程序占用",
    errno.ENAMETOOLONG: "文件名太长",
}


def reason_of(problem: OSError) -> str:
    """Say in Chinese why the file system refused; what is not known here in the system's words.

    >>> reason_of(FileNotFoundError(errno.ENOENT, "No such file or directory"))
    '目录或文件不存在'
    """
    return _WORDS.get(problem.errno or 0) or problem.strerror or str(problem)
