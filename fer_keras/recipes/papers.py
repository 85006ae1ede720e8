"""The five papers: who wrote them and what they are called, as far as the texts at hand say."""

from typing import NamedTuple


class Paper(NamedTuple):
    """A paper as its text names it.

    Attributes:
        authors: family names; "" where the text names none.
        title: as the text has it; a description where it has none.
    """

    authors: str
    title: str

    def __str__(self) -> str:
        return f"{self.authors}. *{self.title}*" if self.authors else f"*{self.title}*"


PAPERS = {
    "000": Paper(
        "Rauf, Sagor, Sultana",
        "Two Phase Transfer Learning for Facial Expression Recognition Using ResNet34 with CBAM Attention",
    ),
    "001": Paper(
        "Bakhtair, Amin, Gherghel",
        "Enhancing Facial Emotion Recognition using CNNs, Transfer Learning, and Attention Mechanisms",
    ),
    "002": Paper(
        "Abdul, Gali, Dabo, Baidu, Ibrahim, Jibril",
        "Emotion Recognition from Static Facial Images Using Transfer Learning and CNN Architectures",
    ),
    "003": Paper("", "Comprehensive Summary: Pretrained Model Architecture and Workflow in Facial Emotion Recognition"),
    "004": Paper("", "(without a title in the text) A ResNet50 with convolutional blocks beside two CNNs on FER2013"),
}
"""{number: paper}. None of the texts says when or where it was published."""
