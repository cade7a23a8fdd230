### The directory: customers, interpreters and teams, their history, and files that are imported.

new-customer = New customer
new-interpreter = New interpreter
health-care = Health care
customer-other = Other
record-contact = Contact
contact-and-billing = Contact and billing
contact-and-account = Contact and account
not-on-file = Not on file
customer-fax = Fax
customer-website = Website
customer-location = Location
bills-go-to = Bills go to
same-address = The same address
clients-are-patients = Patients: names are kept only while a BAA is in effect
clients-not-patients = Not patients
record-numbers-days = Last 90 days
agenda-upcoming = Upcoming appointments
agenda-nothing = Nothing booked.
agenda-no-interpreter = no interpreter yet
agenda-completed = { $count ->
   *[other] completed
}
agenda-canceled = { $count ->
   *[other] canceled
}
agenda-missed = { $count ->
   *[other] missed
}
agenda-vouchers-missing = { $count ->
    [one] { $count } voucher missing
   *[other] { $count } vouchers missing
}
row-appointments = { $count ->
    [one] appointment
   *[other] appointments
}
panel-previous = Previous
panel-next = Next
panel-open-page = Open the full page
customer-twin = You already have a customer with this name
customer-twin-explained = Nothing was saved. If this is a different customer, check the box and save again.
customer-is-another = This is a different customer with the same name
name-on-invoices = As it appears on invoices
team-keeps-record = Its members keep this record.
health-care-customer = Health-care customer
health-care-explained = Clients of health-care customers are patients. Their names are kept only while a business associate agreement is in effect.
customer-zone-default = Leave blank to use the ZIP code’s, or the workspace’s
billing-address = Billing address
billing-street = Billing street
billing-city = Billing city
billing-state = Billing state
billing-zip = Billing ZIP code
add-customer = Add customer
save-changes = Save changes
health-care-yes = Yes
health-care-no = No
health-care-no-such = No: a court, a school, an office
billing-same = Same as the location
billing-elsewhere = Another address
choose-a-team = Choose a team
tabs-saved-views = Saved views
find-by-city-or-email = Name, city or email
state-letters = Its two letters, like CO
customer-type = Type
next-seven-days = Next 7 days
customers-caption = Customers. Move with the arrow keys, open with Enter.
interpreters-caption = Interpreters. Move with the arrow keys, open with Enter.
no-customers-match = No customers match
no-customers-match-q = No customer within your reach has “{ $q }” in its name, city or email. Try a shorter part of it, or remove a filter.
no-customers-match-explained = No customer within your reach matches all of these filters. Remove one to see more.
show-all-customers = Show all customers
no-customers = No customers yet
no-customers-explained = Customers are the clinics, courts and schools you book appointments for. Add one, or import your list as a CSV file.
customers-appear-here = Customers of your teams appear here.
no-interpreters-match = No interpreters match
no-interpreters-match-name = No interpreter within your reach has “{ $q }” in the name. Try a shorter part of it, or remove a filter.
no-interpreters-match-q = No interpreter within your reach has “{ $q }” in the name, city or email. Try a shorter part of it, or remove a filter.
no-interpreters-match-explained = Nobody within your reach matches all of these filters. Remove one to see more.
show-all-interpreters = Show all interpreters
no-interpreters = No interpreters yet
no-interpreters-explained = Add the people you send to appointments, or import your list as a CSV file.
interpreters-appear-here = Interpreters of your teams appear here.
interpreter-sign-up = Sign-up
interpreters-all = All
invite-to-sign-up = Invite to sign up
invite-interpreters = Invite interpreters
interpreters-invited = Invited
interpreter-languages = Languages
interpreter-services = Services
interpreter-home = Home
distances-start-here = Distances start here
distances-unknown = Without a known ZIP code, distances aren’t calculated
interpreter-signed-up = Signed up
interpreter-signed-up-explained = Gets offers, checks in and files vouchers on a phone.
interpreter-invited = Invited, hasn’t signed up yet
interpreter-invited-explained = Resend the invitation under People → Invitations.
interpreter-not-invited = Not invited
interpreter-not-invited-explained = Can be assigned, but can’t get offers until they sign up.
invitation-goes-to = The invitation goes to the email above and is good for 7 days.
interpreter-send-invitation = Send invitation
interpreter-twin = You already have an interpreter with this name
interpreter-twin-explained = Nothing was saved. If this is a different person, check the box and save again.
interpreter-is-another = This is a different person with the same name
name-and-contact = Name and contact
interpreter-email-note = Unique to this person. The invitation goes here.
interpreter-work = Work
languages-beside-english = Languages other than English
interpreter-add-language = Add a language
services-all-unchecked = Leave all unchecked for all three.
home-address = Home address
home-address-explained = Distances and travel time start at the ZIP code.
add-interpreter = Add interpreter
gender-not-specified = Not specified
story-operator = The operator
story-added = added the record
story-changed = changed { $what }
story-and = { $some } and { $last }
story-record = the record
story-team = the team
story-name = the name
story-email = the email
story-phone = the phone number
story-fax = the fax number
story-website = the website
story-languages = the languages
story-services = the services
story-gender = the gender
story-address = the address
story-zone = the time zone
story-billing = the billing address
story-health-care = whether it is a health-care customer
many-done = { $done }: { $count } of { $total }.
many-others = The others are as they were.
back-to-the-list = Back to the list
record-history = History
history-of = History of this { $kind }
back-to-record = Back to { $kind }
compare-two-versions = Compare two versions
from-version = From version
to-version = To version
compare = Compare
versions-between = Version { $from } and version { $to }
versions-times = { $from } and { $to }
all-versions = All versions
versions-same = These versions are identical.
version-number = Version { $number }
version-nothing-seen = Nothing you can see was changed.
earlier-versions = Earlier versions
changes-of-version = Changes of version { $number }
change-field = Field
change-before = Before
change-after = After
pick-customers = { $count ->
    [one] customer
   *[other] customers
}
pick-interpreters = { $count ->
    [one] interpreter
   *[other] interpreters
}
pick-members = { $count ->
    [one] member
   *[other] members
}
pick-languages = { $count ->
    [one] language
   *[other] languages
}
pick-zones = { $count ->
    [one] time zone
   *[other] time zones
}
pick-none = No { $what } matches “{ $q }”. Try a shorter part of the name.
pick-first = The first { $count } { $what }. Type more of the name, or show more.
pick-more = { $count } more. Type more of the name, or show more.
pick-found = { $count } { $what } found.
pick-last = The last { $count }.
teams = Teams
teams-explained = A team limits what people see: an office, a clinic, or a department whose clients stay private.
no-teams = No teams yet. Add the first one below.
team-members = { $count ->
    [one] { $count } member
   *[other] { $count } members
}
team-limits = Limits
limits-of = of { $team }
team-new-name = New name
new-team = New team
add-team = Add team
limits-apply = Applies to new bookings; existing ones stay
limits-explained = Leave a limit blank and the team serves every customer, assigns every interpreter and schedules every kind of service.
only-these-customers = Only these customers
add-a-customer = Add a customer
only-these-interpreters = Only these interpreters
add-an-interpreter = Add an interpreter
only-these-services = Only these services
save-limits = Save limits
upload-a-file = Upload a file
upload-explained = CSV in UTF-8, up to 20,000 rows. You’ll review every row first: nothing changes until you select Import, and importing the same file again changes nothing.
file-contains = File contains
upload-and-review = Upload and review
start-from-template = Start from a template:
recent-uploads = Recent uploads
no-uploads = No uploads yet
no-uploads-explained = Files you upload stay here with the outcome of each row.
upload-contains = Contains
upload-rows = Rows
uploaded-at = Uploaded
upload-wrong = The file { $rule }
import-file = File
import-review = Review
import-rows = { $count ->
    [one] { $count } row
   *[other] { $count } rows
}
import-columns = { $count ->
    [one] { $count } column
   *[other] { $count } columns
}
import-nothing-changed = nothing has been changed yet
import-progress = <b>{ $done }</b> of { $total } rows done. You can leave this page; the import goes on.
import-progress-bar = Rows imported
import-resume = Stuck? Resume
rows-of-file = Rows of the file
import-first-rows = First rows
import-will = { $count ->
    [one] { $count } row will be imported.
   *[other] { $count } rows will be imported.
}
import-leaves-out = { $count ->
   *[other] { $count } will be left out.
}
import-updates = Existing records are updated; blank cells leave their values as they are.
import-again = Importing the same file again changes nothing.
download-invalid = { $count ->
    [one] Download { $count } invalid row
   *[other] Download { $count } invalid rows
}
upload-another = Upload another file
import-so-many = { $count ->
    [one] Import { $count } row
   *[other] Import { $count } rows
}
review-the-file = Review the file
import-running = Importing
import-finished = Import finished
import-waiting = { $count ->
   *[other] { $count } waiting
}
import-added = { $count ->
   *[other] { $count } added
}
import-updated = { $count ->
   *[other] { $count } updated
}
import-unchanged = { $count ->
   *[other] { $count } unchanged
}
import-rejected = { $count ->
   *[other] { $count } rejected
}
rows-shown = Rows { $first }–{ $last } of the file
row-shown = Row { $number } of the file
rows-none = No rows
all-rows = All rows
left-out = Left out
apply-mapping = Apply mapping
which-column = Which column is the { $field }?
which-column-explained = { $columns }: each of these could be it. Choose one under Columns, or leave all of them out.
unmatched-values = Unmatched values
all-values-known = Every team, language and customer in the file is known.
in-the-file = In the file
value-means-head = Means
value-means = { $value } means
leave-rows-out-blank = Leave blank to leave these rows out
leave-rows-out = Leave these rows out
column-becomes = Becomes
leave-column-out = Leave out
import-row = Row
what-happens = What happens
import-outcome = Outcome
import-reasons = Reasons
row-left-out = Left out
row-is-imported = Import
directory-sync = Directory sync (SCIM)
directory-sync-explained = Okta, Entra and others keep your members up to date: people in the provider’s domains join, change and leave as your directory says. Owners are never changed.
directory-base = Base address
directory-copy-token = <b>Copy this token now.</b> You won’t see it again.
no-directory-tokens = No tokens yet.
directory-tokens = Directory tokens
directory-token = Token
directory-token-number = Token { $number }
token-expires = Expires
token-last-used = Last used
token-never-used = Never
create-token = Create token
revoke-all-tokens = Revoke all tokens
pick-customer-gone = A deleted customer
pick-interpreter-gone = A deleted interpreter
agenda-see-all = See all { $count }
