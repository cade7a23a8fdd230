### Pages that say no.

not-found-title = No encontramos esta página
forbidden-title = No permitido
invalid-title = Corrija estos errores
invalid-explained = No se cambió nada. Regrese; su navegador conservó lo que escribió.
conflict-title = No se puede hacer eso
too-soon-title = Demasiado a la vez
full-title = El disco está lleno
fault-title = Algo salió mal
fault-explained = Algo salió mal de nuestro lado. Verifique si se hizo antes de volver a enviarlo.
timeout-title = Tardó demasiado
timeout-explained = Tardó demasiado y se canceló. Verifique si se hizo antes de volver a enviarlo.
wrong-method = Esta dirección no admite este método.
not-ours-title = No pudimos leer eso
not-ours-explained = Este formulario no es nuestro. No se cambió nada.
too-large-title = Demasiado grande
too-large-explained = Lo que envió es demasiado grande. No se cambió nada. Regrese; su navegador conservó lo que escribió.
other-sign-in-title = Esta página es de otra sesión
other-sign-in-explained = Usted volvió a iniciar sesión después de abrir esta página, o la página es de otra persona o de otro espacio de trabajo. No se cambió nada. Regrese, copie lo que escribió, vuelva a cargar la página y envíelo de nuevo.
problem-line = { $field }: { $rule }
problem-between = {":"}{" "}
