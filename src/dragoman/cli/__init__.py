"""The command line. Standard output holds results, standard error everything that is only said to a person."""
