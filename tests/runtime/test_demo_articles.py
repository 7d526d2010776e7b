"""What the demo teaches its agents can be kept as it stands."""

from importlib.resources import files

import msgspec
import pytest
import yaml

from config.folder import ARTICLES
from tickets.knowledge.web import ArticleWritten

pytestmark = pytest.mark.unit


def test_every_article_of_the_demo_fits_and_both_languages_have_some() -> None:
    text = files("config").joinpath("defaults", "demo", ARTICLES).read_text(encoding="utf-8")
    articles = [msgspec.convert(one, ArticleWritten) for one in yaml.safe_load(text)]
    assert {article.language for article in articles} == {"zh-CN", "en"}
    assert all(article.keywords for article in articles)
