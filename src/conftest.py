"""Doc examples of adapters run where the library that they adapt is installed."""

from importlib.util import find_spec

ADAPTED = {"scrapy": "scrapy", "datatrove": "datatrove", "spark": "pyspark"}

collect_ignore = [f"arclean/integrations/{name}.py" for name, library in ADAPTED.items() if find_spec(library) is None]
