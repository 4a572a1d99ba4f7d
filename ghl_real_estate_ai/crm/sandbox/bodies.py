"""What the sandbox takes in the body of a request to HighLevel's paths."""

from pydantic import BaseModel, ConfigDict


class Body(BaseModel):
    """A body in which what the sandbox does not know is passed over, as HighLevel does."""

    model_config = ConfigDict(extra="ignore", populate_by_name=True)
