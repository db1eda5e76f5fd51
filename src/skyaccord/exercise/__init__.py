"""Exercises: scripted scenarios played against two live nodes, and a score sheet at the end."""
