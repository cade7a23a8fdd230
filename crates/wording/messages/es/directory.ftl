### The directory: customers, interpreters and teams, their history, and files that are imported.

new-customer = Nuevo cliente
new-interpreter = Nuevo intérprete
health-care = Sector salud
customer-other = Otro
record-contact = Contacto
contact-and-billing = Contacto y facturación
contact-and-account = Contacto y cuenta
not-on-file = No registrado
customer-fax = Fax
customer-website = Sitio web
customer-location = Ubicación
bills-go-to = Las facturas se envían a
same-address = La misma dirección
clients-are-patients = Reciben atención médica: sus nombres se guardan solo mientras haya un acuerdo BAA vigente
clients-not-patients = No reciben atención médica
record-numbers-days = Últimos 90 días
agenda-upcoming = Próximas citas
agenda-nothing = No hay nada reservado.
agenda-no-interpreter = todavía sin intérprete
agenda-completed = { $count ->
    [one] completada
   *[other] completadas
}
agenda-canceled = { $count ->
    [one] cancelada
   *[other] canceladas
}
agenda-missed = { $count ->
    [one] no realizada
   *[other] no realizadas
}
agenda-vouchers-missing = { $count ->
    [one] Falta { $count } hoja de servicio
   *[other] Faltan { $count } hojas de servicio
}
row-appointments = { $count ->
    [one] cita
   *[other] citas
}
panel-previous = Anterior
panel-next = Siguiente
panel-open-page = Abrir la página completa
customer-twin = Ya tiene un cliente con este nombre
customer-twin-explained = No se guardó nada. Si es otro cliente, marque la casilla y guarde de nuevo.
customer-is-another = Es otro cliente con el mismo nombre
name-on-invoices = Como aparece en las facturas
team-keeps-record = Sus miembros mantienen este registro.
health-care-customer = Cliente del sector salud
health-care-explained = Las personas que atienden los clientes del sector salud reciben atención médica. Sus nombres se guardan solo mientras haya un acuerdo de socio comercial (BAA) vigente.
customer-zone-default = Déjela en blanco para usar la del código postal o la del espacio de trabajo
billing-address = Dirección de facturación
billing-street = Calle de facturación
billing-city = Ciudad de facturación
billing-state = Estado de facturación
billing-zip = Código postal de facturación
add-customer = Agregar cliente
save-changes = Guardar los cambios
health-care-yes = Sí
health-care-no = No
health-care-no-such = No: un tribunal, una escuela, una oficina
billing-same = La misma ubicación
billing-elsewhere = Otra dirección
choose-a-team = Elija un equipo
tabs-saved-views = Vistas guardadas
find-by-city-or-email = Nombre, ciudad o correo
state-letters = Sus dos letras, como CO
customer-type = Tipo
next-seven-days = Próximos 7 días
customers-caption = Clientes. Muévase con las flechas, abra con Entrar.
interpreters-caption = Intérpretes. Muévase con las flechas, abra con Entrar.
no-customers-match = Ningún cliente coincide
no-customers-match-q = Ningún cliente que usted puede ver tiene «{ $q }» en el nombre, la ciudad o el correo. Pruebe con una parte más corta o quite un filtro.
no-customers-match-explained = Ningún cliente que usted puede ver cumple todos estos filtros. Quite alguno para ver más.
show-all-customers = Mostrar todos los clientes
no-customers = Todavía no hay clientes
no-customers-explained = Los clientes son las clínicas, los tribunales y las escuelas para los que usted reserva citas. Agregue uno o importe su lista como archivo CSV.
customers-appear-here = Aquí aparecen los clientes de sus equipos.
no-interpreters-match = Ningún intérprete coincide
no-interpreters-match-name = Ningún intérprete que usted puede ver tiene «{ $q }» en el nombre. Pruebe con una parte más corta o quite un filtro.
no-interpreters-match-q = Ningún intérprete que usted puede ver tiene «{ $q }» en el nombre, la ciudad o el correo. Pruebe con una parte más corta o quite un filtro.
no-interpreters-match-explained = Nadie que usted puede ver cumple todos estos filtros. Quite alguno para ver más.
show-all-interpreters = Mostrar todos los intérpretes
no-interpreters = Todavía no hay intérpretes
no-interpreters-explained = Agregue a las personas que envía a las citas o importe su lista como archivo CSV.
interpreters-appear-here = Aquí aparecen los intérpretes de sus equipos.
interpreter-sign-up = Registro
interpreters-all = Todos
invite-to-sign-up = Invitar a registrarse
invite-interpreters = Invitar a intérpretes
interpreters-invited = Invitados
interpreter-languages = Idiomas
interpreter-services = Servicios
interpreter-home = Domicilio
distances-start-here = Las distancias se calculan desde aquí
distances-unknown = Sin un código postal conocido no se calculan distancias
interpreter-signed-up = Registrado
interpreter-signed-up-explained = Recibe ofertas, registra su llegada y presenta hojas de servicio desde un teléfono.
interpreter-invited = Invitado, todavía no se ha registrado
interpreter-invited-explained = Vuelva a enviar la invitación en Personas → Invitaciones.
interpreter-not-invited = Sin invitación
interpreter-not-invited-explained = Se le pueden asignar citas, pero no recibe ofertas hasta que se registre.
invitation-goes-to = La invitación se envía al correo de arriba y vale 7 días.
interpreter-send-invitation = Enviar la invitación
interpreter-twin = Ya tiene un intérprete con este nombre
interpreter-twin-explained = No se guardó nada. Si es otra persona, marque la casilla y guarde de nuevo.
interpreter-is-another = Es otra persona con el mismo nombre
name-and-contact = Nombre y contacto
interpreter-email-note = Exclusivo de esta persona. Aquí se envía la invitación.
interpreter-work = Trabajo
languages-beside-english = Idiomas además del inglés
interpreter-add-language = Agregar un idioma
services-all-unchecked = Deje todos sin marcar para incluir los tres.
home-address = Dirección particular
home-address-explained = Las distancias y el tiempo de traslado se calculan desde el código postal.
add-interpreter = Agregar intérprete
gender-not-specified = Sin especificar
story-operator = El operador
story-added = agregó el registro
story-changed = cambió { $what }
story-and = { $some } y { $last }
story-record = el registro
story-team = el equipo
story-name = el nombre
story-email = el correo
story-phone = el número de teléfono
story-fax = el número de fax
story-website = el sitio web
story-languages = los idiomas
story-services = los servicios
story-gender = el género
story-address = la dirección
story-zone = la zona horaria
story-billing = la dirección de facturación
story-health-care = si es un cliente del sector salud
many-done = { $done }: { $count } de { $total }.
many-others = Los demás quedan como estaban.
back-to-the-list = Volver a la lista
record-history = Historial
history-of = Historial de { $kind }
back-to-record = Volver al registro de { $kind }
compare-two-versions = Comparar dos versiones
from-version = De la versión
to-version = A la versión
compare = Comparar
versions-between = Versión { $from } y versión { $to }
versions-times = { $from } y { $to }
all-versions = Todas las versiones
versions-same = Estas versiones son idénticas.
version-number = Versión { $number }
version-nothing-seen = No cambió nada que usted pueda ver.
earlier-versions = Versiones anteriores
changes-of-version = Cambios de la versión { $number }
change-field = Campo
change-before = Antes
change-after = Después
pick-customers = { $count ->
    [one] cliente
   *[other] clientes
}
pick-interpreters = { $count ->
    [one] intérprete
   *[other] intérpretes
}
pick-members = { $count ->
    [one] miembro
   *[other] miembros
}
pick-languages = { $count ->
    [one] idioma
   *[other] idiomas
}
pick-zones = { $count ->
    [one] zona horaria
   *[other] zonas horarias
}
pick-none = Sin resultados ({ $what }) para «{ $q }». Pruebe con una parte más corta del nombre.
pick-first = Primeros resultados: { $count } { $what }. Escriba más del nombre o vea más.
pick-more = { $count } más. Escriba más del nombre o vea más.
pick-found = Resultados: { $count } { $what }.
pick-last = Últimos resultados: { $count }.
teams = Equipos
teams-explained = Un equipo limita lo que ven las personas: una oficina, una clínica o un departamento cuyos pacientes se mantienen en privado.
no-teams = Todavía no hay equipos. Agregue el primero abajo.
team-members = { $count ->
    [one] { $count } miembro
   *[other] { $count } miembros
}
team-limits = Límites
limits-of = de { $team }
team-new-name = Nombre nuevo
new-team = Nuevo equipo
add-team = Agregar equipo
limits-apply = Se aplica a las reservas nuevas; las existentes se conservan
limits-explained = Si deja un límite en blanco, el equipo atiende a todos los clientes, asigna a todos los intérpretes y programa todo tipo de servicio.
only-these-customers = Solo estos clientes
add-a-customer = Agregar un cliente
only-these-interpreters = Solo estos intérpretes
add-an-interpreter = Agregar un intérprete
only-these-services = Solo estos servicios
save-limits = Guardar los límites
upload-a-file = Subir un archivo
upload-explained = CSV en UTF-8, de hasta 20,000 filas. Primero revisará cada fila: nada cambia hasta que seleccione Importar, e importar de nuevo el mismo archivo no cambia nada.
file-contains = El archivo contiene
upload-and-review = Subir y revisar
start-from-template = Empiece con una plantilla:
recent-uploads = Archivos subidos recientemente
no-uploads = Todavía no se ha subido nada
no-uploads-explained = Los archivos que suba se conservan aquí con el resultado de cada fila.
upload-contains = Contiene
upload-rows = Filas
uploaded-at = Subido
upload-wrong = Archivo: { $rule }
import-file = Archivo
import-review = Revisión
import-rows = { $count ->
    [one] { $count } fila
   *[other] { $count } filas
}
import-columns = { $count ->
    [one] { $count } columna
   *[other] { $count } columnas
}
import-nothing-changed = todavía no se ha cambiado nada
import-progress = <b>{ $done }</b> de { $total } filas listas. Puede salir de esta página; la importación continúa.
import-progress-bar = Filas importadas
import-resume = ¿Se detuvo? Reanudar
rows-of-file = Filas del archivo
import-first-rows = Primeras filas
import-will = { $count ->
    [one] Se importará { $count } fila.
   *[other] Se importarán { $count } filas.
}
import-leaves-out = { $count ->
    [one] { $count } quedará fuera.
   *[other] { $count } quedarán fuera.
}
import-updates = Los registros existentes se actualizan; las celdas en blanco dejan sus valores como están.
import-again = Importar de nuevo el mismo archivo no cambia nada.
download-invalid = { $count ->
    [one] Descargar { $count } fila no válida
   *[other] Descargar { $count } filas no válidas
}
upload-another = Subir otro archivo
import-so-many = { $count ->
    [one] Importar { $count } fila
   *[other] Importar { $count } filas
}
review-the-file = Revise el archivo
import-running = Importando
import-finished = Importación terminada
import-waiting = { $count ->
   *[other] { $count } en espera
}
import-added = { $count ->
    [one] { $count } agregada
   *[other] { $count } agregadas
}
import-updated = { $count ->
    [one] { $count } actualizada
   *[other] { $count } actualizadas
}
import-unchanged = { $count ->
   *[other] { $count } sin cambios
}
import-rejected = { $count ->
    [one] { $count } rechazada
   *[other] { $count } rechazadas
}
rows-shown = Filas { $first }–{ $last } del archivo
row-shown = Fila { $number } del archivo
rows-none = Ninguna fila
all-rows = Todas las filas
left-out = Excluidas
apply-mapping = Aplicar la asignación de columnas
which-column = ¿Qué columna corresponde a «{ $field }»?
which-column-explained = { $columns }: podría ser cualquiera de estas. Elija una en Columnas o déjelas todas fuera.
unmatched-values = Valores sin correspondencia
all-values-known = Se conocen todos los equipos, idiomas y clientes del archivo.
in-the-file = En el archivo
value-means-head = Significa
value-means = { $value } significa
leave-rows-out-blank = Déjelo en blanco para excluir estas filas
leave-rows-out = Excluir estas filas
column-becomes = Corresponde a
leave-column-out = Excluir
import-row = Fila
what-happens = Qué sucede
import-outcome = Resultado
import-reasons = Motivos
row-left-out = Excluida
row-is-imported = Se importa
directory-sync = Sincronización del directorio (SCIM)
directory-sync-explained = Okta, Entra y otros mantienen al día a sus miembros: las personas de los dominios del proveedor entran, cambian y salen según lo que diga su directorio. Los propietarios nunca se modifican.
directory-base = Dirección base
directory-copy-token = <b>Copie este token ahora.</b> No volverá a verlo.
no-directory-tokens = Todavía no hay tokens.
directory-tokens = Tokens del directorio
directory-token = Token
directory-token-number = Token { $number }
token-expires = Vence
token-last-used = Último uso
token-never-used = Nunca
create-token = Crear token
revoke-all-tokens = Revocar todos los tokens
pick-customer-gone = Un cliente eliminado
pick-interpreter-gone = Un intérprete eliminado
agenda-see-all = Ver las { $count }
