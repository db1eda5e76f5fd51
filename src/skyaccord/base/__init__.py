"""The ground floor: errors, clock, randomness, times. Imports nothing of SkyAccord."""
