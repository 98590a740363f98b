"""What somebody is to the person who keeps them: a kind, whatever word was used."""

from django.db import models


class RelationshipKind(models.TextChoices):
    PARTNER = "partner"
    SPOUSE = "spouse"
    CHILD = "child"
    PARENT = "parent"
    SIBLING = "sibling"
    RELATIVE = "relative"
    FRIEND = "friend"
    COLLEAGUE = "colleague"
    CLIENT = "client"
    OTHER = "other"


WORDS = {
    RelationshipKind.PARTNER: "boyfriend girlfriend fiance fiancee fiancé fiancée lover romantic",
    RelationshipKind.SPOUSE: "wife husband",
    RelationshipKind.CHILD: "son daughter kid baby stepson stepdaughter",
    RelationshipKind.PARENT: "mother father mom mum dad stepmother stepfather",
    RelationshipKind.SIBLING: "brother sister twin stepbrother stepsister",
    RelationshipKind.RELATIVE: (
        "family grandmother grandfather grandparent grandchild grandson granddaughter aunt uncle cousin niece nephew"
    ),
    RelationshipKind.FRIEND: "best-friend bestfriend friendship",
    RelationshipKind.COLLEAGUE: "coworker co-worker boss manager employee business business-partner",
    RelationshipKind.CLIENT: "customer patient",
}
KIND_OF = {kind.value: kind for kind in RelationshipKind} | {
    word: kind for kind, words in WORDS.items() for word in words.split()
}


def kind_named(word: str) -> RelationshipKind | None:
    """The kind that ``word`` means, in any letters; None for a word that is not known."""
    return KIND_OF.get("-".join(word.casefold().replace("_", " ").split()))


def kind_of(word: str) -> RelationshipKind:
    """As ``kind_named``; a word that is not known means OTHER."""
    return kind_named(word) or RelationshipKind.OTHER
