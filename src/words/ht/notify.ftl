# Sa [notify] fè moun deyò konnen. Kreyòl.

notice-admitted = Lo { $batch } antre, li soti nan { $file }: { $rows } peman, HTG { $htg }.
notice-rejected = Fichye { $file } rejte, pa gen moun ki peye avè l. Sa ki pa bon an ekri bò kote l, nan { $file }.errors.csv.
notice-waits-approval = Lo { $batch } ({ $file }, HTG { $htg }) ap tann apwobasyon: { $why }
notice-on-hold = Lo { $batch } ({ $file }, HTG { $htg }) kanpe: { $why }
notice-complete = Lo { $batch } ({ $file }) fini: tout { $rows } peman yo fèt, HTG { $htg }.
notice-complete-not-all = Lo { $batch } ({ $file }) fini: { $paid } sou { $rows } peye, HTG { $htg }; { $declined } refize, { $cancelled } anile. Rapò a di ki moun ki pa peye.
notice-held = Nan lo { $batch }, { $count } peman ap tann yon moun. Yo ka deja peye: pa peye alamen; gade nan payoutd status.
notice-held-unsent = Nan lo { $batch }, { $count } peman ap tann yon moun; anyen pa t voye. Gade nan payoutd status.
notice-in-doubt = Nan lo { $batch }, { $count } peman pa sèten depi plis pase { $time }, HTG { $htg }. Yo ka deja peye: pa peye alamen; payoutd ap kontinye mande MonCash.
notice-alarm = ALÈT rekonsilyasyon: { $file } nan alarms/ epi pèsonn poko di li wè l. Pa peye pèsonn alamen.
notice-test = Sa a se yon esè notifikasyon payoutd. Anyen pa rive.
