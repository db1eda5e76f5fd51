"""The joint report: one document of both sides, in three languages, and the tracks for a replay."""
