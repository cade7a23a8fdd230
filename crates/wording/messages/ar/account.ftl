### Samples, for trying out what runs from right to left. Nobody can choose this language.

revoke = إبطال
revoke-key-explained = تتوقف البرامج التي تستخدمه فورًا.
