"""Recordings in, encounters out."""
