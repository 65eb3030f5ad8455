"""How is a model asked? One client for every OpenAI-compatible endpoint, with a budget, a record and a replay.

Must not know what prompts mean, who asks or what becomes of the answer: text, a JSON value or wishes for tools go
back as untrusted values. Loading this room loads neither the database nor HTTP.
"""

from vibex.llm.answer import Answer, Chunk, Usage
from vibex.llm.budget import Limits
from vibex.llm.client import ModelClient, open_model
from vibex.llm.endpoint import Endpoint, endpoint_of
from vibex.llm.errors import AnswerLost, AnswerMalformed, ModelRefused, NotRecorded, OverBudget, UnknownPrice
from vibex.llm.model import Listener, Model, Occasion
from vibex.llm.patience import Retries, Timeouts
from vibex.llm.prices import Price, Prices, Rate, prices_of, read_prices, shipped_prices
from vibex.llm.recordings import read_recordings, write_recordings
from vibex.llm.replay import Replay
from vibex.llm.request import AnswerSchema, Message, ModelRequest, Role, Tool, ToolCall

__all__ = [
    "Answer",
    "AnswerLost",
    "AnswerMalformed",
    "AnswerSchema",
    "Chunk",
    "Endpoint",
    "Limits",
    "Listener",
    "Message",
    "Model",
    "ModelClient",
    "ModelRefused",
    "ModelRequest",
    "NotRecorded",
    "Occasion",
    "OverBudget",
    "Price",
    "Prices",
    "Rate",
    "Replay",
    "Retries",
    "Role",
    "Timeouts",
    "Tool",
    "ToolCall",
    "UnknownPrice",
    "Usage",
    "endpoint_of",
    "open_model",
    "prices_of",
    "read_prices",
    "read_recordings",
    "shipped_prices",
    "write_recordings",
]
