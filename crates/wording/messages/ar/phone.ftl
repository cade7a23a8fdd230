### Samples, for trying out what runs from right to left. Nobody can choose this language.

details = التفاصيل
language = اللغة
customer = العميل
mark-arrived = تسجيل الوصول
file-your-voucher = قدّم قسيمتك
file-voucher = تقديم القسيمة
voucher = القسيمة
work-started = البداية
miles = الأميال
this-week = هذا الأسبوع
voucher-approved = معتمدة
offers-for-you = { $count ->
    [zero] لا عروض لك
    [one] عرض واحد لك
    [two] عرضان لك
    [few] { $count } عروض لك
    [many] { $count } عرضًا لك
   *[other] { $count } عرض لك
}
