"""Jobs as an app."""

from gaoxin.platform.app import PlatformApp, platform_apps
from gaoxin.platform.language import words


class Jobs(PlatformApp):
    """Pages under ``/jobs/``."""

    name = "gaoxin.platform.jobs"
    verbose_name = words("后台任务", "jobs")
    prefix = "jobs"

    def ready(self) -> None:
        """Know the kinds of jobs of all apps: their modules ``jobs``."""
        super().ready()
        for app in platform_apps():
            if app.name != self.name:
                app.part("jobs")
