### Staff's work: finding interpreters, clients, vouchers, invoices, rates, the overview.

find-an-interpreter = Buscar intérprete
offer-to-one = Ofrecer a uno
offer-in-order = Ofrecer en orden
offer-to-all = Ofrecer a todos los seleccionados
assign-now = Asignar ahora, sin oferta
unassign = Retirar al intérprete
unassign-explained = Al retirarlo se le avisa, y la cita vuelve a necesitar intérprete.
offers-of = Ofertas de { $reference }
offer-asked = A quién
offer-sent = Enviada
offer-act = Acción
offer-expires = vence { $away }
offer-withdraw = Retirar
offer-withdraw-to = Retirar la oferta a { $name }
open-full-page = Abrir la página completa
offers-out = { $count ->
    [one] { $count } oferta enviada, sin respuesta todavía.
   *[other] { $count } ofertas enviadas, sin respuesta todavía.
}
cancel-many-explained = Cada cita que ya no esté a tiempo pasa a ser una cancelación tardía y se cobra según la política del cliente.
cancel-many = Cancelar las citas seleccionadas
how-to-ask = Cómo preguntar
offer-in-order-auto = Asignación automática: ofrecer en orden, a uno por vez
offer-to-all-first = Ofrecer a todos los seleccionados; es de quien acepte primero
decide-later = Decidir después
book-now = Reservar ahora
candidates-none = No hay nadie calificado que esté libre. Abajo se indican los motivos.
candidates-best-first = { $count ->
    [one] 1 disponible
   *[other] { $count } disponibles, primero los más adecuados
}
candidates-matching = { $count ->
    [one] 1 coincide con «{ $find }»
   *[other] { $count } coinciden con «{ $find }»
}
candidates-unavailable = { $count ->
    [one] 1 no disponible (ver por qué)
   *[other] { $count } no disponibles (ver por qué)
}
candidates-first-listed = Se muestran los primeros { $listed } de { $total }.
candidate-choose = Elegir a { $name }
candidate-not-signed-up = Sin cuenta todavía; solo se puede asignar
candidate-score = Puntuación
candidate-score-details = Detalles de la puntuación
candidates-better = Mejores opciones
candidates-further = Más opciones
candidate-find = Buscar por nombre
part-of-whole = { $part } de { $whole }
dispatch-assign = Asignar ahora a { $names }
dispatch-single = Ofrecer a { $names }
dispatch-sequence = Asignación automática: { $names }
dispatch-then = {", luego "}
dispatch-broadcast = Ofrecer a todos: { $names }; es de quien acepte primero
misfit-later-one = Hay un intérprete marcado y se eligió «Decidir después». Indique cómo preguntarle o desmarque el nombre.
misfit-later-many = { $count ->
   *[other] Hay { $count } intérpretes marcados y se eligió «Decidir después». Indique cómo preguntarles o desmárquelos.
}
misfit-none = No hay nadie seleccionado. Seleccione un intérprete o elija «Decidir después».
misfit-takes-one = { $count ->
   *[other] Esto es para un solo intérprete y hay { $count } marcados. Desmarque a los demás o elija una manera de preguntar a varios.
}
nothing-was-booked = { $why } No se reservó nada.
story-booked = reservó la cita
story-sent-offers = envió ofertas.
story-accepted = aceptó la oferta.
story-assigned = asignó a { $name }.
story-unassigned = la dejó sin intérprete.
story-checked-in = registró su llegada.
story-started = la empezó.
story-ended = la terminó.
story-submitted = presentó la hoja de servicio.
story-canceled = la canceló.
story-missed = la marcó como no realizada.
story-on-hold = la puso en espera.
story-off-hold = le quitó la espera.
story-declined = la rechazó.
story-status = cambió su estado.
story-it = la cita
story-the-reference = la referencia
story-the-team = el equipo
story-the-customer = el cliente
story-the-language = el idioma
story-the-service = el tipo de servicio
story-the-mode = la modalidad
story-the-time = la hora
story-the-zone = la zona horaria
story-the-length = la duración
story-the-place = el lugar
story-the-link = el enlace de la reunión
story-the-gender = el género solicitado
story-the-client = el paciente
story-the-note = la nota
story-the-staff-note = la nota para el personal
story-the-rates = las tarifas
one-appointment = Cita
remark-for-staff = Solo para el personal
remark-explained = Cifrada como el nombre del paciente y borrada con él. Una observación no se puede editar después.
remark-leave = Dejar observación
remarks-none = Todavía no hay observaciones
remarks-none-explained = Aquí va lo que los colegas deben saber sobre esta cita: códigos de acceso, a quién llamar, qué se acordó.
remark-by-key = Una clave de API
remarks-earlier = Observaciones anteriores
one-customer = Un cliente
who-saw-this-client = Quién vio a este paciente
client-beside = Nombre, intérpretes y borrado
client-erase-fold = Borrar a este paciente…
client-erase-explained = Borra para siempre el nombre, las notas, las firmas y los motivos: aquí, en todas sus citas y en cada copia de seguridad cuando venzan sus claves. Las horas, los importes y el registro de auditoría se conservan.
client-no-appointments = No hay citas que usted pueda ver.
client-later-appointments = Citas posteriores
client-name-explained = Cifrado. Cambia el nombre en todas sus citas.
client-preferred-interpreters = Intérpretes preferidos
client-add-preferred = Agregar un intérprete
client-do-not-send = No enviar
client-add-not-sent = Agregar un intérprete que no se envía
client-save = Guardar cambios
client-preferred = Preferidos
client-no-one = Nadie
client-seen-explained = Cada vez que se mostraron o exportaron los campos protegidos de este paciente, según el registro de auditoría. Las divulgaciones fuera del personal de su agencia corresponden a un informe de divulgaciones (45 CFR 164.528).
client-seen-by-no-one = Nadie ha visto a este paciente
client-seen-by-no-one-explained = Aquí aparece cada consulta del nombre, de las notas o de una firma.
client-views = Consultas y exportaciones
client-views-count = { $count }, de la más antigua a la más reciente · { $outside } fuera de su personal
client-view-who = Quién
client-view-what = Qué
client-view-fields = Campos
client-view-former-member = Antiguo miembro
client-view-whole-record = Registro completo, en un archivo
client-view-outside = Externo
client-view-own-staff = Personal propio
clients-searches-logged = Las búsquedas quedan registradas.
clients-caption = Pacientes, los más recientes primero. Muévase con las flechas, abra con Entrar.
clients-latest-first = Los más recientes primero
clients-found = { $count ->
    [one] { $count } encontrado
   *[other] { $count } encontrados
}
clients-found-latest = , los más recientes primero
clients-no-match = Ningún paciente coincide
clients-no-match-explained = Ningún paciente que usted pueda ver tiene un nombre que empiece con «{ $sought }». Bastan las primeras letras del nombre o del apellido.
clients-show-all = Mostrar todos los pacientes
clients-none-here = Aquí no hay pacientes
clients-none-here-explained = Este cliente todavía no tiene pacientes. Un paciente se agrega cuando usted reserva con un nombre.
clients-none = Todavía no hay pacientes
clients-none-explained = Un paciente se agrega cuando usted reserva una cita con un nombre. El nombre se cifra y cada consulta queda registrada.
where-it-stands = Estado
voucher-filed = presentada { $away }
voucher-returned-to = Devuelta a { $name }.
voucher-review = Revisión
voucher-no-rate-add = No hay ninguna tarifa vigente para este día. Agregue una en
voucher-margin = Margen
voucher-approve-and-next = Aprobar y ver la siguiente
voucher-approve = Aprobar
voucher-approve-explained = Al aprobarla, el cobro y el pago quedan fijos y se avisa a { $name }.
voucher-return-fold = Devolver a { $name }…
voucher-return-what = ¿Qué debe corregir { $name }?
voucher-return = Devolver la hoja de servicio
voucher-arrived = Llegada
voucher-not-recorded = Sin registrar
voucher-start-end = Inicio, fin
voucher-over = { $long } de más
voucher-worked-from = Trabajado { $range }
voucher-scheduled = Programado
voucher-scheduled-worked = Programado { $scheduled }, trabajado { $worked }
vouchers-find = Referencia, intérprete o cliente
vouchers-to-review = Hojas de servicio por revisar
vouchers-caption = Hojas de servicio. Muévase con las flechas, abra con Entrar.
vouchers-flags = Alertas
voucher-no-rate = Sin tarifa
vouchers-no-match = Ninguna hoja de servicio coincide
vouchers-no-match-explained = Pruebe con una parte más corta del nombre o del número, o busque en todos los estados.
vouchers-search-all = Buscar en todos los estados
vouchers-none-to-review = No hay hojas de servicio por revisar
vouchers-none-to-review-explained = Los intérpretes presentan una hoja de servicio después de cada cita. Aparece aquí para su aprobación.
vouchers-see-missing = Ver las hojas de servicio que faltan
vouchers-none-here = Todavía no hay hojas de servicio aquí
vouchers-none-here-explained = Las hojas de servicio pasan aquí cuando se devuelven, se aprueban o se facturan.
vouchers-see-review = Ver las hojas de servicio por revisar
vouchers-tab-review = Por revisar
vouchers-tab-returned = Devueltas
vouchers-tab-approved = Aprobadas
vouchers-tab-billed = Facturadas
invoice-named = Factura { $number }
invoice-due = vence el { $date }
invoice-download = Descargar PDF
invoice-mark-sent = Marcar como enviada
invoice-not-sent = Todavía no se ha enviado. Descargue el PDF, envíelo por correo a { $customer } y luego márquela como enviada.
invoice-from = De
invoice-bill-to = Facturar a
invoice-due-date = Vencimiento
invoice-jobs = Trabajos
invoice-lines = Conceptos
invoice-lines-of = Conceptos de la factura { $number }
invoice-date-time = Fecha y hora
invoice-charged = Cobrado
invoice-amount = Importe
invoice-number = Número
invoices-find = Número o cliente
invoices-no-match = Ninguna factura coincide
invoices-no-match-explained = Pruebe con una parte más corta del nombre del cliente o vea todas las facturas.
invoices-see-all = Ver todas las facturas
invoices-none = Todavía no hay facturas
invoices-none-explained = Primero apruebe hojas de servicio. Después cree aquí una factura con el trabajo aprobado de un cliente.
invoices-review-vouchers = Revisar hojas de servicio
invoices-caption = Facturas. Muévase con las flechas, abra con Entrar.
invoices-tab-draft = Borradores
invoices-tab-sent = Enviadas
invoices-ready = Por facturar
invoices-ready-explained = Hojas de servicio aprobadas que no están en ninguna factura
invoice-create-fold = Crear factura…
invoice-create-fold-for = Crear factura para { $name }…
invoice-create = Crear factura
invoice-create-for = Crear factura para { $name }
invoice-the-customer = Facturar a { $name }
invoice-holds = Una factura admite 100; cree otra para el resto.
invoice-for-good = Un número de factura se usa una sola vez, y los importes ya no pueden cambiar.
invoice-of-all = Incluye todo el trabajo aprobado de { $customer }, hasta 100 trabajos.
invoices-more-customers = Más clientes
rate-add = Agregar tarifa
rate-side = Tipo
rate-name-explained = Se muestra en los cálculos.
rate-effective-from = Vigente desde
rate-per-hour = Por hora
rate-per-hour-example = Por ejemplo, 95.00.
rate-minimum = Mínimo (min)
rate-round-up = Redondear hacia arriba a (min)
rate-per-mile = Por milla
rate-per-mile-example = La tarifa del IRS para 2026 es 0.725.
rate-kept = Los trabajos ya reservados o asignados conservan su tarifa.
rate-save = Guardar tarifa
rates-explained = Una tarifa se aplica desde su fecha de inicio. Cada trabajo conserva la que recibió: la de cobro al reservarse, la de pago al asignarse.
rate-an-hour = por hora
rate-terms = { $name }, desde el { $date }. Mínimo de { $minimum } min, redondeo hacia arriba a { $increment } min, { $mileage } { $currency } por milla.
rate-none-explained = No se pueden aprobar hojas de servicio hasta que haya una vigente.
rates-none = Todavía no hay tarifas
rates-none-explained = Agregue una tarifa de cobro y una de pago. Las reservas y las ofertas las usan de inmediato.
rates-caption = Tarifas, las últimas agregadas primero
rate-hourly = Por hora
rate-rounding = Redondeo
rates-earlier = Tarifas anteriores
rate-customers-billed = Cobro a los clientes
rate-interpreters-paid = Pago a los intérpretes
rate-in-effect = Vigente
rate-starts-later = Empieza después
rate-ended = Terminó
rate-choose-bill = Cobro: lo que pagan los clientes
rate-choose-pay = Pago: lo que reciben los intérpretes
good-morning = Buenos días
good-afternoon = Buenas tardes
good-evening = Buenas noches
overview-greeting = { $greeting }, { $name }
overview-today = { $count ->
    [one] { $count } cita hoy
   *[other] { $count } citas hoy
}
overview-still-open = { $count ->
    [one] { $count } todavía necesita intérprete
   *[other] { $count } todavía necesitan intérprete
}
overview-fill-rate = Tasa de cobertura
overview-by-week = por semana
overview-fill-rate-by-week = Tasa de cobertura por semana
overview-as-table = Ver como tabla
overview-week-of = Semana del
overview-wanted = Solicitadas
overview-filled = Cubiertas
overview-rate = Tasa
overview-time-to-fill = Tiempo para cubrir
overview-by-offer = { $count ->
    [one] { $count } por oferta en 7 días
   *[other] { $count } por oferta en 7 días
}
overview-median = Mediana: { $long }
overview-time-explained = Tiempo desde la primera oferta hasta su aceptación
overview-time = Tiempo
overview-over-a-day = > 1 día
overview-load = Carga de esta semana
overview-by-hour = por hora de inicio
overview-load-caption = Citas por día y hora de inicio, esta semana
overview-day = Día
overview-early = Antes de las { $clock }
overview-late-hours = { $clock } o más tarde
overview-needs = Requiere atención
overview-needs-none = Nada requiere su atención ahora
overview-needs-none-explained = Aquí aparecen las citas sin intérprete, las llegadas sin registrar y las hojas de servicio que faltan.
overview-all-open = Todas las que necesitan intérprete
overview-late-first = Primero las atrasadas, luego las que empiezan antes
overview-coming = Próximas
overview-coming-none = Nada en los próximos 7 días
overview-coming-none-explained = Aquí aparece lo que empieza después.
overview-the-interpreter = El intérprete
overview-not-checked-in = { $name } no ha registrado su llegada
overview-owes-voucher = { $name } debe una hoja de servicio desde el { $day }
overview-so-late = { $long } de retraso
overview-unfilled-today = Sin cubrir hoy
overview-first-starts = la primera empieza { $away }
overview-all-started = todas ya empezaron
overview-all-covered = todo está cubierto
overview-none-today = no hay citas hoy
overview-under-way = En curso
overview-late-count = { $count ->
    [one] { $count } sin registrar su llegada
   *[other] { $count } sin registrar su llegada
}
overview-all-checked-in = todos registraron su llegada
overview-nothing-runs = no hay nada en curso
overview-to-come = Por venir
overview-of-today = de { $count } hoy
overview-fill-rate-week = Tasa de cobertura, 7 días
overview-trend = { $trend } respecto a la semana anterior
overview-nothing-to-count = todavía no hay nada que contar
overview-flagged = { $count } con alertas
overview-none-flagged = ninguna con alertas
appointments-canceling = Cancelar citas
appointments-canceled = Canceladas
vouchers-approving = Aprobar hojas de servicio
vouchers-approved = Aprobadas
invoices-marking = Marcar facturas como enviadas
invoices-marked = Marcadas como enviadas
