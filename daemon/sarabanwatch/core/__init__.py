"""Rules and tables: pure. No I/O, no clock, no chance, no logging, no asyncio."""
