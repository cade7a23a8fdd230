### The interpreter's phone: today, schedule, offers, work, vouchers, earnings.

your-appointment = Your appointment
running-since = Running since { $since }
check-in-opens = You can check in from two hours before the start, at { $opens-at }.
end-session = End session
file-the-voucher = File the voucher
voucher = Voucher
scheduled-local = Scheduled { $range } { $zone-short }. Enter local times.
work-started = Started
work-ended = Ended
which-start-time = Which start time?
which-end-time = Which end time?
miles = Miles
travel-minutes = Travel time (min)
note = Note
signer-name = Signer’s printed name
signature = Signature
clear-signature = Clear
clear-signature-of = the signature
sign-above-line = Sign above the line
stored-encrypted = Stored encrypted.
signature-needs-javascript = Drawing a signature needs JavaScript.
submit-voucher = Submit voucher
today = Today
nothing-scheduled = Nothing scheduled
nothing-scheduled-explained = Accepted jobs appear here. See Offers for new ones.
see-offers = See offers
file-your-voucher = File your voucher
file-voucher = File voucher
file-for = for { $reference }
first-to-accept = The first to accept gets the job.
not-finished = Not finished
later-today = Later today
tomorrow = Tomorrow
done-today = Done
next-appointment = Next appointment
check-in-from = You can check in from { $opens }.
details = Details
details-of = of { $reference }
join-call = Join call
schedule = Schedule
this-week = This week
offers = Offers
no-open-offers = No open offers
no-offers-explained = When a scheduler offers you a job, it appears here, and you get a notification.
see-your-schedule = See your schedule
one-offer = Offer
back-to-offers = Back to offers
open-the-appointment = Open the appointment
see-open-offers = See open offers
expected-pay = Expected pay
miles-paid-extra = Miles paid extra
calculation = Calculation
your-day = Your day
fits = Fits
overlaps = Overlaps
nothing-else-that-day = You have nothing else that day.
same-time = same time
decline-why = If you decline, why?
decline = Decline
earnings = Earnings
no-earnings-yet = No earnings yet
no-earnings-explained = After each job you file a voucher. Its pay appears here.
see-today = See today
miles-short = { $miles } mi
earlier = Earlier
voucher-of = Voucher { $reference }
back-to-earnings = Back to earnings
returned-to-you = Returned to you
fix-and-resubmit = Fix and resubmit
pay = Pay
no-rate-yet = Your agency hasn’t set a rate for this job yet.
date = Date
customer = Customer
language = Language
worked = Worked
of-scheduled = of { $scheduled-minutes } scheduled
travel = Travel
signed-by = Signed by
drawn-signature = Drawn signature
filed-at = Filed
approved-at = Approved
see-the-offer = See the offer
no-one-can-sign = If no one can sign, say why in the note.
removed-at-by = Removed { $at } by { $by }
removed-at = Removed { $at }
minutes-run = { $run } of { $minutes } minutes
of-planned = of { $minutes }
appointments-count = { $count ->
    [one] { $count } appointment
   *[other] { $count } appointments
}
offers-for-you = { $count ->
    [one] { $count } offer for you
   *[other] { $count } offers for you
}
ends-away = ends { $away }
offer-of = Offer: { $language }, { $service }
vouchers-count = { $count ->
    [one] { $count } voucher
   *[other] { $count } vouchers
}
mark-arrived = Mark arrived
check-in = Check in
start-session = Start session
start-early = Start early
week-of = Week of { $date }
today-named = Today, { $day }
tomorrow-named = Tomorrow, { $day }
time-left = { $time } left
voucher-in-review = In review
voucher-approved = Approved
voucher-withdrawn = Withdrawn
