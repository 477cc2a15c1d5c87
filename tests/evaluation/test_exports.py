import subprocess
import sys

import pytest

import gaoxin.evaluation


def test_every_exported_name_exists():
    for name in gaoxin.evaluation.__all__:
        assert getattr(gaoxin.evaluation, name).__name__ == name
    assert set(gaoxin.evaluation.__all__) == set(gaoxin.evaluation._MODULE_OF)
    with pytest.raises(AttributeError, match="nothing"):
        _ = gaoxin.evaluation.nothing


def test_reading_a_method_does_not_import_scipy():
    script = "import sys; from gaoxin.evaluation.method import Method; sys.exit('scipy' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", script], check=False).returncode == 0  # noqa: S603
