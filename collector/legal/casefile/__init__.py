"""The case file: everything a court would ask for of an account, in one folder that proves itself whole.

`rules` says what belongs in it and what is missing, `reading` gathers the records, `telling` makes of them what is
printed, `manifest` signs the folder and checks it again without a database, `writing` puts it all together.
"""
