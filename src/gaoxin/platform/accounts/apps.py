"""Accounts as an app."""

from gaoxin.platform.app import Area, PlatformApp
from gaoxin.platform.language import words


class Accounts(PlatformApp):
    """Pages under ``/accounts/``."""

    name = "gaoxin.platform.accounts"
    verbose_name = words("账号", "accounts")
    prefix = "accounts"
    areas = (Area(words("账号与角色", "Accounts and roles"), "accounts:list", "accounts.view", 90),)

    def ready(self) -> None:
        """Also note sign-ins, and failed ones, in the logs."""
        super().ready()
        self.part("signals")
