### Samples, for trying out what runs from right to left. Nobody can choose this language.

skip-to-content = تخطَّ إلى المحتوى
switch-workspace = تبديل مساحة العمل
shortcuts = الاختصارات
menu = القائمة
everything = كل شيء
search-or-jump-to = ابحث أو انتقل إلى
search-or-jump-to-hint = ابحث أو انتقل إلى…
hipaa-mode-on = وضع HIPAA مفعّل
views-are-logged = تُسجَّل مشاهدات العملاء
your-menu = قائمتك
nav-main = الرئيسية
nav-directory = الدليل
nav-money = المال
nav-workspace = مساحة العمل
nav-overview = نظرة عامة
nav-clients = المرضى
nav-imports = الاستيراد
nav-vouchers = القسائم
nav-invoices = الفواتير
nav-rates = الأسعار
nav-audit = سجل التدقيق
nav-people = الأشخاص
nav-settings = الإعدادات
nav-readiness = الجاهزية
pager-none = لا شيء
pager-range = { $first }–{ $last } من { $total }
pager-range-of-more = { $first }–{ $last } من أكثر من { $total }
select-all-here = تحديد الكل في هذه الصفحة
select-named = تحديد { $name }
selected = محدد
clear-selection = مسح التحديد
bell = { $new ->
    [0] الإشعارات
   *[other] الإشعارات، { $new } جديدة
}
