### Samples, for trying out what runs from right to left. Nobody can choose this language.

account = الحساب
sign-out = تسجيل الخروج
search = بحث
optional = اختياري
new-appointment = موعد جديد
accept = قبول
appointments = المواعيد
customers = العملاء
interpreters = المترجمون
