### Samples, for trying out what runs from right to left. Nobody can choose this language.

field-start = البداية
field-po-number = رقم أمر الشراء
field-team = الفريق
field-name = الاسم
field-service = الخدمة
