"""The scikit-learn recipes of docs/how-to/use-with-dataframes.md, in pipelines fitted, searched and pickled."""

import pickle

import pytest

import arclean
from arclean.integrations.arrow import clean_column

pytest.importorskip("sklearn", reason="scikit-learn is not installed: pip install scikit-learn")
pd = pytest.importorskip("pandas", reason="pandas is not installed: pip install pandas")
pytestmark = pytest.mark.filterwarnings("ignore::DeprecationWarning")  # of what scikit-learn imports

TEXTS = [
    "رست السفينة في الميناء",
    "رســـت السَّفينةُ فى الميناء",
    "تعادل المنتخبان فى المباراة",
    "تعادل المنتخبان في المباراه",
]
TOPICS = ["بحر", "بحر", "ملعب", "ملعب"]


def transformers():
    from sklearn.preprocessing import FunctionTransformer

    column = FunctionTransformer(clean_column, kw_args={"cleaner": arclean.SEARCH}, feature_names_out="one-to-one")
    return [column, FunctionTransformer(list_of_cleaned)]


def list_of_cleaned(texts):
    return list(arclean.SEARCH.batch(texts))


@pytest.mark.parametrize("which", [0, 1], ids=["clean_column", "batch"])
def test_function_transformer_in_a_pipeline(which):
    from sklearn.base import clone
    from sklearn.feature_extraction.text import TfidfVectorizer
    from sklearn.linear_model import LogisticRegression
    from sklearn.model_selection import GridSearchCV
    from sklearn.pipeline import make_pipeline

    frame = pd.DataFrame({"text": TEXTS, "topic": TOPICS})
    model = make_pipeline(transformers()[which], TfidfVectorizer(), LogisticRegression())
    model = pickle.loads(pickle.dumps(clone(model).fit(frame["text"], frame["topic"])))
    assert list(model.predict(pd.Series(["السفينه"]))) == ["بحر"]
    # Spelt otherwise, a text is the same text: no word is in the vocabulary twice.
    assert sorted(model[1].vocabulary_) == sorted("رست السفينه في الميناء تعادل المنتخبان المباراه".split())
    search = GridSearchCV(model, {"logisticregression__C": [0.1, 1]}, cv=2).fit(frame["text"], frame["topic"])
    assert list(search.predict(pd.Series(["المباراة"]))) == ["ملعب"]


def test_in_a_column_transformer():
    from sklearn.compose import make_column_transformer

    frame = pd.DataFrame({"text": TEXTS[:2], "n": [1, 2]})
    out = make_column_transformer((transformers()[0], ["text"]), remainder="passthrough")
    with pytest.raises(TypeError, match="no column of texts but DataFrame"):  # "text", not ["text"]: a column
        out.fit_transform(frame)


def test_a_cleaner_is_a_preprocessor():
    from sklearn.feature_extraction.text import TfidfVectorizer

    matrix = TfidfVectorizer(preprocessor=arclean.SEARCH).fit_transform(TEXTS)
    assert abs(matrix[0] - matrix[1]).sum() == 0
    assert abs(matrix[2] - matrix[3]).sum() == 0
    assert abs(matrix[0] - matrix[2]).sum() > 0
