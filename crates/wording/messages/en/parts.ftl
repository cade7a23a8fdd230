### Parts that pages are made of.

breadcrumb = Breadcrumb
remove-filter = Remove filter { $label }
total = Total
copy-now = Copy it now. It’s shown only once.
use-a-passkey = Use a passkey
code-sent = We sent a code to the number that ends in { $sent }.
code-from-text = Code from the text message
code-from-app = Code from your authenticator app
recovery-code = Recovery code
lost-your-phone = Lost your phone? Enter a recovery code instead.
user-terms-version = User terms, version { $version }
accept-the-terms = I have read and accept the user terms
no-longer-yours = No longer yours
agreed-pay = Agreed pay: { $pay }
apply-filter = Apply
previous-page = Previous
next-page = Next
choose = Choose
find-word = Find
find-more = More
twice-earlier = The earlier one
twice-later = The later one
things-to-fix = { $count ->
    [one] One thing to fix
   *[other] { $count } things to fix
}
show-more = Show more
add-one = Add
added-one = { $name } added
mend-title = Fix and send again
nothing-was-changed = Nothing was changed.
send-again = Send again
