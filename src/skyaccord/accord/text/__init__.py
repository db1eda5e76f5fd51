"""The text people read, made from the accord's data in English, Russian and Arabic."""
