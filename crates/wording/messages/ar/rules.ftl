### Samples, for trying out what runs from right to left. Nobody can choose this language.

rule-past = مضى. اختر وقتًا لاحقًا.
rule-starts-with-number = يجب أن يبدأ برقم وشرطة
