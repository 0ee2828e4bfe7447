"""Who somebody is: passwords, app passwords, certificates, guests, and what slows down those who guess."""
