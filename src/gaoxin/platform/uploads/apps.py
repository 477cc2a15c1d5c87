"""Uploads as an app; the pages that take files belong to others."""

from gaoxin.platform.app import PlatformApp
from gaoxin.platform.language import words


class Uploads(PlatformApp):
    """No pages of its own."""

    name = "gaoxin.platform.uploads"
    verbose_name = words("上传文件", "uploads")
