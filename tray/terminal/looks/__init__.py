"""The looks of answers on a terminal: colours, tables, trees, and lines that fit."""
