"""What a log says about a day, declared once in a catalogue."""
