"""The state of accounts: people, the roles they hold, their tokens."""

from __future__ import annotations

import datetime
import hashlib
from typing import TYPE_CHECKING, Any, ClassVar

from django.contrib.auth.models import AbstractBaseUser, BaseUserManager
from django.db import models
from django.db.models import Q
from django.utils import timezone

from gaoxin.platform.access.roles import Role
from gaoxin.platform.language import LANGUAGES, words
from gaoxin.platform.organisations.models import Organisation
from gaoxin.words import Text

if TYPE_CHECKING:
    from django.db.models.fields.related_descriptors import RelatedManager


class Users(BaseUserManager["User"]):
    """Making accounts; `gaoxin.platform.accounts.actions` is the way for everything but tests."""

    def create_user(self, username: str, password: str | None = None, **fields: Any) -> User:
        """A stored account; without a password nobody can sign in to it with one."""
        user = self.model(username=self.model.normalize_username(username), **fields)
        user.set_password(password)
        user.save(using=self._db)
        return user


class User(AbstractBaseUser):
    """One person's account, kept by the administrators of ``organisation``. What they may do is in the assignments."""

    username = models.CharField(words("用户名", "user name"), max_length=150, unique=True)
    name = models.CharField(words("姓名", "name"), max_length=100)
    email = models.EmailField(words("电子邮件", "e-mail"), blank=True)
    organisation = models.ForeignKey(
        Organisation, models.PROTECT, related_name="people", verbose_name=words("所属机构", "organisation")
    )
    language = models.CharField(words("语言", "language"), max_length=10, choices=LANGUAGES, default=LANGUAGES[0][0])
    is_active = models.BooleanField(words("启用", "active"), default=True)
    date_joined = models.DateTimeField(words("建立时间", "since"), default=timezone.now)
    synthetic = models.BooleanField(words("合成数据", "synthetic"), default=False)

    USERNAME_FIELD = "username"
    EMAIL_FIELD = "email"
    REQUIRED_FIELDS: ClassVar[list[str]] = ["name"]
    not_in_audit: ClassVar = ("password", "last_login")

    objects = Users()

    if TYPE_CHECKING:
        assignments: RelatedManager[Assignment]
        tokens: RelatedManager[Token]

    def __str__(self) -> str:
        return self.name

    @property
    def label(self) -> Text:
        """The name, which has one language."""
        return Text(self.name, self.name)

    def get_full_name(self) -> str:
        """The name."""
        return self.name


class Assignments(models.QuerySet["Assignment"]):
    """Choosing assignments."""

    def in_force(self, day: datetime.date | None = None) -> Assignments:
        """Those that hold on ``day``, today by default."""
        day = day or timezone.localdate()
        return self.filter(Q(since__lte=day) & (Q(until=None) | Q(until__gte=day)))


class Assignment(models.Model):
    """A person is ``role`` at ``organisation`` from ``since`` to ``until`` (both included). Ended, never deleted."""

    user = models.ForeignKey(User, models.PROTECT, related_name="assignments")
    role = models.CharField(words("角色", "role"), max_length=20, choices=Role.choices)
    organisation = models.ForeignKey(
        Organisation, models.PROTECT, related_name="assignments", verbose_name=words("机构", "organisation")
    )
    since = models.DateField(words("自", "from"), default=timezone.localdate)
    until = models.DateField(words("至", "until"), null=True, blank=True)

    objects = Assignments.as_manager()

    class Meta:
        ordering: ClassVar = ["-since", "pk"]

    def __str__(self) -> str:
        return f"{self.user} · {self.get_role_display()} · {self.organisation}"


class Token(models.Model):
    """A token for the API: as far as its owner may go, and no further than ``scopes`` (areas or permissions).

    Only the SHA-256 of the secret is stored: it has 256 random bits, so a slow hash would add nothing.
    """

    user = models.ForeignKey(User, models.PROTECT, related_name="tokens")
    name = models.CharField(words("名称", "name"), max_length=100)
    scopes = models.JSONField(words("范围", "scopes"), default=list)
    secret = models.CharField(max_length=64, unique=True)
    created = models.DateTimeField(words("建立", "created"), default=timezone.now)
    expires = models.DateTimeField(words("到期", "expires"))
    revoked = models.DateTimeField(words("作废", "revoked"), null=True)

    not_in_audit: ClassVar = ("secret",)

    class Meta:
        ordering: ClassVar = ["-created"]

    def __str__(self) -> str:
        return self.name

    @staticmethod
    def digest(secret: str) -> str:
        """What is stored of ``secret``."""
        return hashlib.sha256(secret.encode()).hexdigest()

    @property
    def in_force(self) -> bool:
        """Whether it can be used now."""
        return self.revoked is None and self.expires > timezone.now()
