"""What a corpus teaches about a site."""

from arclean.boilerplate.site import SiteBoilerplate

__all__ = ["SiteBoilerplate"]
