### Pages that say no.

not-found-title = Page not found
forbidden-title = Not allowed
invalid-title = Fix these errors
invalid-explained = Nothing was changed. Go back; your browser has kept what you typed.
conflict-title = Can’t do that
too-soon-title = Too much at once
full-title = The disk is full
fault-title = Something went wrong
fault-explained = Something went wrong on our side. Look whether it was done before you send it again.
timeout-title = This took too long
timeout-explained = This took too long and was given up. Look whether it was done before you send it again.
wrong-method = This address does not take this method.
not-ours-title = We couldn’t read that
not-ours-explained = This form isn’t one of ours. Nothing was changed.
too-large-title = Too large
too-large-explained = What you sent is too large. Nothing was changed. Go back; your browser kept what you typed.
other-sign-in-title = This page is from another sign-in
other-sign-in-explained = You signed in again since you opened this page, or it belongs to someone else or another workspace. Nothing was changed. Go back, copy what you typed, reload the page and submit it again.
problem-line = { $field } { $rule }
problem-between = {" "}
