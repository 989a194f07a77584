# bash completion for duplex

# __duplex_words splits the line up to the cursor into words. Quotes are taken away,
# redirections are left out, and nothing is expanded: a line that is being typed must not
# run. It fails where the file of a redirection is typed, and sets quote to the quote that is open.
__duplex_words() {
    local line=${COMP_LINE:0:COMP_POINT} char='' word='' begun='' file='' i
    words=() quote=''
    for ((i = 0; i < ${#line}; i++)); do
        char=${line:i:1}
        if [[ $char == "$quote" ]]; then
            quote=''
        elif [[ $char == \\ && $quote != \' ]]; then
            ((++i))
            begun=1 word+=${line:i:1}
        elif [[ -n $quote ]]; then
            word+=$char
        elif [[ $char == [\'\"] ]]; then
            begun=1 quote=$char
        elif [[ $char == [[:space:]] ]]; then
            [[ -n $begun && -z $file ]] && words+=("$word")
            [[ -n $begun ]] && file=''
            begun='' word=''
        elif [[ $char == [\<\>] ]]; then
            # 2> and &> are one operator, as >> and >& are
            [[ -z $file && $word == *[!0-9\&]* ]] && words+=("$word")
            while [[ ${line:i+1:1} == [\<\>\&\|] ]]; do ((++i)); done
            begun='' word='' file=1
        else
            begun=1 word+=$char
        fi
    done
    words+=("$word")
    [[ -z $file ]]
}

__duplex() {
    local words quote out directive line name program tab=$'\t' longest=0 columns=${COLUMNS:-80}
    local -a lines=()
    COMPREPLY=()
    __duplex_words || return

    program=${words[0]/#\~\//$HOME/}
    type -P -- "$program" >/dev/null || program=duplex # an alias, or a variable
    out=$("$program" __complete "${words[@]:1}" 2>/dev/null) || return
    directive=${out##*:}
    if ((directive & 4)); then
        compopt +o default # no files
    fi
    if ((directive & 2)); then
        compopt -o nospace
    fi

    local typed=${words[${#words[@]} - 1]} flag=''
    if [[ $typed == -*=* ]]; then
        [[ $COMP_WORDBREAKS == *=* ]] || flag=${typed%%=*}=
        typed=${typed#*=}
    fi
    # readline replaces what follows the last of these.
    local before='' mark upto
    for mark in : @; do
        if [[ -z $quote && $COMP_WORDBREAKS == *$mark* && $typed == *$mark* ]]; then
            upto=${typed%"$mark"*}$mark
            ((${#upto} > ${#before})) && before=$upto
        fi
    done
    while IFS='' read -r line; do
        name=${line%%"$tab"*}
        [[ $name == :* || $name != "$typed"* ]] && continue
        line=${line#"$before"} name=${name#"$before"}
        if [[ -z $quote && $name == *[\<\>]* ]]; then # it would be a redirection
            line=\'$name\'${line#"$name"} name=\'$name\'
        fi
        lines+=("$line")
        ((${#name} > longest)) && longest=${#name}
    done <<<"$out"

    for line in ${lines[@]+"${lines[@]}"}; do
        name=${line%%"$tab"*}
        # What a flag does is shown where several are listed.
        if [[ $line == *"$tab"* && ${#lines[@]} -gt 1 && $COMP_TYPE != 37 && $COMP_TYPE != 42 ]]; then
            printf -v line '%-*s  (%s)' "$longest" "$name" "${line#*"$tab"}"
            ((${#line} >= columns)) && line=${line:0:columns-2}…
            name=$line
        fi
        COMPREPLY+=("$flag$name")
    done
}

complete -o default -F __duplex duplex
