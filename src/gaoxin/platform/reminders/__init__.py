"""Reminders: people are told by mail what is theirs to do when it falls due, once for each nearness of the day.

What is told is the work list: an app whose ``queries.todo`` gives a day is reminded of already. An app that has
more to tell, or somebody else to tell it to, has a module ``reminders`` with

    def due(reader: Reader, today: datetime.date) -> list[Todo]: ...

which says what ``reader`` is to be told beside their own work, each with a day.
"""
