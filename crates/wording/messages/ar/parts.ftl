### Samples, for trying out what runs from right to left. Nobody can choose this language.

breadcrumb = مسار التنقل
remove-filter = إزالة المرشّح { $label }
total = المجموع
copy-now = انسخه الآن. يُعرض مرة واحدة فقط.
apply-filter = تطبيق
previous-page = السابق
next-page = التالي
find-more = المزيد
things-to-fix = { $count ->
    [one] شيء واحد يحتاج إلى تصحيح
    [two] شيئان يحتاجان إلى تصحيح
    [few] { $count } أشياء تحتاج إلى تصحيح
   *[other] { $count } شيئًا يحتاج إلى تصحيح
}
