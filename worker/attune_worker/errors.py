"""The errors that a user can act on, in the form that the TypeScript side shows them."""

from __future__ import annotations

from typing import Any


class WorkerError(Exception):
    """A failure that the user can understand and mend: it names file, field and fix, as `AttuneError` does.

    Anything else that is raised is a defect of the program.
    """

    def __init__(
        self, message: str, *, file: str | None = None, field: str | None = None, fix: str | None = None
    ) -> None:
        super().__init__(message)
        self.file = file
        self.field = field
        self.fix = fix

    def to_json(self) -> dict[str, Any]:
        """The error as an object without empty fields."""
        fields = {"message": str(self), "file": self.file, "field": self.field, "fix": self.fix}
        return {name: value for name, value in fields.items() if value is not None}

    @staticmethod
    def from_json(value: dict[str, Any]) -> WorkerError:
        """Undoes `to_json`: an error that another process had."""
        return WorkerError(
            value["message"], file=value.get("file"), field=value.get("field"), fix=value.get("fix")
        )
