### What stands in several places.

account = Cuenta
sign-out = Cerrar sesión
search = Buscar
or-else = o
code = Código
user-terms = Condiciones de uso
optional = opcional
sign-in = Iniciar sesión
go-on = Continuar
second-factor = Segundo factor
new-password = Contraseña nueva
accept = Aceptar
appointments = Citas
customers = Clientes
interpreters = Intérpretes
new-appointment = Nueva cita
unit-min = min
