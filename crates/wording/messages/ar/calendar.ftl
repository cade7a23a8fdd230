### Samples, for trying out what runs from right to left. Nobody can choose this language.

half-am = ص
half-pm = م
