### Parts that pages are made of.

breadcrumb = Ruta de navegación
remove-filter = Quitar el filtro { $label }
total = Total
copy-now = Cópielo ahora. Solo se muestra una vez.
use-a-passkey = Usar una llave de acceso
code-sent = Enviamos un código al número que termina en { $sent }.
code-from-text = Código del mensaje de texto
code-from-app = Código de su aplicación de autenticación
recovery-code = Código de recuperación
lost-your-phone = ¿Perdió su teléfono? Escriba un código de recuperación.
user-terms-version = Condiciones de uso, versión { $version }
accept-the-terms = He leído y acepto las condiciones de uso
no-longer-yours = Ya no son suyas
agreed-pay = Pago acordado: { $pay }
apply-filter = Aplicar
previous-page = Anterior
next-page = Siguiente
choose = Elegir
find-word = Buscar
find-more = Más
twice-earlier = La primera
twice-later = La segunda
things-to-fix = { $count ->
    [one] Hay que corregir un dato
   *[other] Hay que corregir { $count } datos
}
show-more = Ver más
add-one = Agregar
added-one = Se agregó: { $name }
mend-title = Corrija y envíe de nuevo
nothing-was-changed = No se cambió nada.
send-again = Enviar de nuevo
