### The interpreter's phone: today, schedule, offers, work, vouchers, earnings.

your-appointment = Su cita
running-since = En curso desde las { $since }
check-in-opens = Puede registrar su llegada desde dos horas antes del inicio, a las { $opens-at }.
end-session = Terminar la sesión
file-the-voucher = Presentar la hoja de servicio
voucher = Hoja de servicio
scheduled-local = Programada de { $range } { $zone-short }. Escriba la hora local.
work-started = Inicio
work-ended = Fin
which-start-time = ¿Cuál hora de inicio?
which-end-time = ¿Cuál hora de fin?
miles = Millas
travel-minutes = Tiempo de traslado (min)
note = Nota
signer-name = Nombre de quien firma, en letra de molde
signature = Firma
clear-signature = Borrar
clear-signature-of = la firma
sign-above-line = Firme sobre la línea
stored-encrypted = Se guarda cifrada.
signature-needs-javascript = Para dibujar la firma se necesita JavaScript.
submit-voucher = Enviar la hoja de servicio
today = Hoy
nothing-scheduled = No hay nada programado
nothing-scheduled-explained = Aquí aparecen los trabajos que acepta. Vea los nuevos en Ofertas.
see-offers = Ver ofertas
file-your-voucher = Presente su hoja de servicio
file-voucher = Presentar hoja de servicio
file-for = de { $reference }
first-to-accept = El trabajo es de quien lo acepte primero.
not-finished = Sin terminar
later-today = Más tarde hoy
tomorrow = Mañana
done-today = Terminadas
next-appointment = Próxima cita
check-in-from = Puede registrar su llegada desde las { $opens }.
details = Detalles
details-of = de { $reference }
join-call = Entrar a la llamada
schedule = Agenda
this-week = Esta semana
offers = Ofertas
no-open-offers = No hay ofertas abiertas
no-offers-explained = Cuando le ofrezcan un trabajo, aparecerá aquí y recibirá una notificación.
see-your-schedule = Ver su agenda
one-offer = Oferta
back-to-offers = Volver a las ofertas
open-the-appointment = Abrir la cita
see-open-offers = Ver ofertas abiertas
expected-pay = Pago previsto
miles-paid-extra = Millas aparte
calculation = Cálculo
your-day = Su día
fits = Sin conflicto
overlaps = Se empalma
nothing-else-that-day = No tiene nada más ese día.
same-time = a la misma hora
decline-why = Si la rechaza, ¿por qué?
decline = Rechazar
earnings = Ingresos
no-earnings-yet = Aún no hay ingresos
no-earnings-explained = Después de cada trabajo usted presenta una hoja de servicio. Su pago aparece aquí.
see-today = Ver el día de hoy
miles-short = { $miles } mi
earlier = Anteriores
voucher-of = Hoja de servicio { $reference }
back-to-earnings = Volver a ingresos
returned-to-you = Devuelta para corregir
fix-and-resubmit = Corregir y volver a enviar
pay = Pago
no-rate-yet = Su agencia todavía no ha fijado una tarifa para este trabajo.
date = Fecha
customer = Cliente
language = Idioma
worked = Tiempo trabajado
of-scheduled = de { $scheduled-minutes } programados
travel = Traslado
signed-by = Firmada por
drawn-signature = Firma dibujada
filed-at = Presentada
approved-at = Aprobada
see-the-offer = Ver la oferta
no-one-can-sign = Si nadie puede firmar, explique el motivo en la nota.
removed-at-by = Retirada el { $at } por { $by }
removed-at = Retirada el { $at }
minutes-run = { $run } de { $minutes } minutos
of-planned = de { $minutes }
appointments-count = { $count ->
    [one] { $count } cita
   *[other] { $count } citas
}
offers-for-you = { $count ->
    [one] Tiene { $count } oferta
   *[other] Tiene { $count } ofertas
}
ends-away = termina { $away }
offer-of = Oferta: { $language }, { $service }
vouchers-count = { $count ->
    [one] { $count } hoja
   *[other] { $count } hojas
}
mark-arrived = Registrar llegada
check-in = Registrarme
start-session = Empezar la sesión
start-early = Empezar antes
week-of = Semana del { $date }
today-named = Hoy, { $day }
tomorrow-named = Mañana, { $day }
time-left = quedan { $time }
voucher-in-review = En revisión
voucher-approved = Aprobada
voucher-withdrawn = Retirada
