"""What all tests share."""

import shutil
from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings

# A machine that does something else at the same time makes no law untrue.
settings.register_profile("arclean", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("arclean")

SEEDS = Path(__file__).parents[1] / "seeds"


@pytest.fixture
def seeds(tmp_path: Path) -> Path:
    """Give a copy of the seed documents that a test may change."""
    return shutil.copytree(SEEDS, tmp_path / "seeds")
