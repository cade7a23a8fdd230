### What stands in several places.

account = Account
sign-out = Sign out
search = Search
or-else = or
code = Code
user-terms = User terms
optional = optional
sign-in = Sign in
go-on = Continue
second-factor = Second factor
new-password = New password
accept = Accept
appointments = Appointments
customers = Customers
interpreters = Interpreters
new-appointment = New appointment
unit-min = min
