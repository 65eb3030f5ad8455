"""Common English words of five letters and more that are no typo of a word of trading."""

from __future__ import annotations

# fmt: off
WORDS = frozenset({
    "about", "actually", "almost", "already", "although", "always", "amount", "another", "anyone", "anything",
    "around", "because", "become", "before", "began", "begin", "behind", "believe", "beside", "besides", "better",
    "between", "brain", "bring", "broad", "built", "bullish", "called", "cannot", "carry", "cause", "chance",
    "change", "check", "chose", "clear", "common", "could", "couple", "course", "daily", "decide", "detail",
    "different", "does", "doing", "dollar", "doubt", "early", "easily", "either", "enough", "entire", "even",
    "event", "every", "everyone", "exactly", "example", "except", "explain", "extra", "facing", "family", "father",
    "favor", "figure", "final", "finally", "find", "first", "floor", "focus", "force", "found", "fresh", "friend",
    "front", "given", "going", "great", "group", "guess", "happen", "happens", "happy", "hardly", "heard", "heart",
    "heavy", "higher", "however", "human", "image", "important", "include", "including", "inside", "instead",
    "issue", "itself", "known", "large", "later", "laugh", "learn", "least", "leave", "letter", "likely", "little",
    "local", "longer", "looking", "looks", "loose", "loss", "lower", "major", "makes", "making", "maybe", "means",
    "might", "minor", "model", "money", "month", "mostly", "mother", "mouth", "moving", "music", "nature", "nearly",
    "never", "nice", "night", "north", "nothing", "notice", "number", "offer", "often", "older", "order", "other",
    "outer", "outside", "owner", "paper", "party", "pause", "people", "perhaps", "person", "phone", "piece",
    "place", "plain", "plane", "plant", "please", "point", "power", "press", "pretty", "prince", "prize", "prove",
    "quick", "quickly", "quiet", "quite", "radio", "raise", "range", "rather", "reach", "really", "reason",
    "result", "right", "rough", "round", "sense", "serve", "several", "shape", "sharp", "shift", "shirt", "shore",
    "short", "should", "since", "small", "smart", "smile", "solid", "something", "sometimes", "sound", "south",
    "space", "speak", "speed", "spend", "spent", "split", "sport", "staff", "stand", "start", "state", "steal",
    "still", "stone", "store", "storm", "story", "strong", "style", "sugar", "surely", "sweet", "sword", "table",
    "taken", "tells", "thank", "their", "theme", "there", "these", "thick", "thing", "things", "think", "third",
    "those", "though", "three", "through", "throw", "tight", "times", "tired", "title", "today", "together",
    "tonight", "total", "touch", "tower", "track", "train", "treat", "tried", "truly", "trust", "truth", "tweet",
    "tweets", "twice", "under", "union", "until", "upper", "useful", "using", "usual", "usually", "value", "versus",
    "vibes", "video", "visit", "voice", "watch", "water", "weight", "where", "whether", "which", "while", "white",
    "whole", "whose", "within", "without", "woman", "women", "words", "world", "worse", "worst", "worth", "would",
    "write", "wrong", "years", "young", "yours",
})
# fmt: on
