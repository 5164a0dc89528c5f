if __name__ == "__main__":
    try:
        main()
    except BadData as error:
        sys.exit(str(error))
