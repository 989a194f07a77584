#compdef duplex
compdef _duplex duplex

# zsh completion for duplex. The words stand as they were typed. Quotes are taken away, and
# nothing is expanded: a line that is being typed must not run.
_duplex() {
    local program=${(Q)words[1]} line directive
    local -a lines flag
    program=${program/#\~\//$HOME/}
    whence -p -- "$program" >/dev/null || program=duplex # an alias, or a variable
    lines=("${(@f)$("$program" __complete "${(@Q)words[2,CURRENT]}" 2>/dev/null)}")
    directive=${lines[-1]#:}
    lines=("${(@)lines[1,-2]}")
    lines=("${(@)lines//:/\\:}")
    lines=("${(@)lines/$'\t'/:}")
    if [[ ${words[CURRENT]} == -*=* ]]; then
        flag=(-P "${words[CURRENT]%%=*}=")
    fi
    (( directive & 2 )) && flag+=(-S '')
    if (( $#lines )); then
        _describe completions lines "${flag[@]}" && return
    fi
    (( directive & 4 )) && return 1
    _files "${flag[@]}"
}

# A file of fpath is the body of the function when it is first called.
if [[ $funcstack[1] == _duplex ]]; then
    _duplex
fi
